"""The bus on Apache Kafka: transactions, groups with static members, topics from the topic table."""
