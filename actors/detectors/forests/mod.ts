/**
 * Forests: models that say how unlike the recent past a vector of features is.
 *
 * @module
 */
export * from "./feature_vector.ts";
export * from "./half_space_trees.ts";
export * from "./isolation_forest.ts";
export * from "./online_isolation_forest.ts";
export * from "./random_cut_forest.ts";
export * from "./vector_window.ts";
