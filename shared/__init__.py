"""What two services or more share: contracts, schemas, the stage runner and the two ways to run."""
