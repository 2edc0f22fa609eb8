export const generateSchemas = () => [];
