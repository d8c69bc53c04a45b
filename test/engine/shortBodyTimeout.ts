/** Has to be imported before n8n-core: how long it waits for the next bytes of a stream that it collects, in ms. */
process.env.N8N_HTTP_RESPONSE_BODY_READ_TIMEOUT = '5000';
