/** Starting n8n takes 10 to 30 s, and whole workflows run in it. */
jest.setTimeout(180_000);
