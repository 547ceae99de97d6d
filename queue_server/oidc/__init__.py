"""Asking a login provider (OpenID Connect) who somebody is."""
