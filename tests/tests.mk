# The targets that check, test, measure and run; included by the Makefile.
