"""What a program may do: each act once, with its words, shapes and scope, for both doors and every document.

An act reads shapes, calls one verb and tells the answer; it knows neither HTTP nor tRPC."""
