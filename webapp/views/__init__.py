"""The HTML door: parse, call one verb, render. Fragments are what the page includes and the socket sends."""
