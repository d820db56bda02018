"""From CloudFormation and SAM templates to the text of a topology file, which people take from there."""
