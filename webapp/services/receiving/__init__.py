"""From a provider's callback to rows: intake stores what is signed, apply drains the inbox; every other file is
one kind of news. All of it may be told twice, in any order, and is untrusted until its number is known."""
