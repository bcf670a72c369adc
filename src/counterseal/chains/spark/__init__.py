"""Spark, a layer over Bitcoin."""
