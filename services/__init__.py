"""The way of a disclosure, from a county's portal to the reader's page.

1. fetcher      services/fetcher/poll.py `poll`: list pages → items → archived bytes → gongkai.fetched.v1
2. parser       services/parser/stage.py `parse`: bytes → a document of blocks → gongkai.parsed.v1
3. normalizer   services/normalizer/stage.py `normalize`: document → checked records → gongkai.normalized.v1
4. store        services/store/stage.py `apply`: records → database, API, pages
"""
