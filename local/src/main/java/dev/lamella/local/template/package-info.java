/**
 * Reads the SAM template: parameters, conditions, functions, and the resources that run locally.
 */
package dev.lamella.local.template;
