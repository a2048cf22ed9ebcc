// Copied beside node_modules in the build folder (see files.mk): a package's
// name is looked up from where import() stands.
export const load = (name) => import(name);
