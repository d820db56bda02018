"""The CloudFormation to be, as values."""
