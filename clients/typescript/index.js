// Everything here is a type: the program is @trpc/client.
export {};
