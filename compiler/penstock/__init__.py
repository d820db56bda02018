"""A compiler and linter for messaging topologies on AWS.

The Python API is `penstock.pipeline`; the command line is `penstock.cli`.
"""

__version__ = "0.1.0"
