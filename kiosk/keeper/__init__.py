"""The keeper: on the kiosk's own machine it serves the touch screen, and gives out numbers while the server is away.

facts (what the server has said of the clinic, pure) · timekeeping (what time it is without the server, pure) · slips
(what is printed, pure) · sealing · database (what waits to be handed in, and the kept page) · upstream (the server, as
it is seen from here) · issuing (a number without the server) · handing_in · shell (the kept page and its files) · site
(what the kiosk's browser is served) · keeper (all of it together) · command (the command line).
"""
