"""CloudFormation and SAM templates as a second way to say what the components are, how they are joined, and where each value stands."""
