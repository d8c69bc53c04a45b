/** Has to be imported before n8n-core: n8n writes everything that it logs to LOG_FILE. */
export { LOG_FILE, settledLog } from '../logToFile';

process.env.N8N_LOG_LEVEL = 'debug';
