/**
 * The whole system in one JVM: reads template.yaml and runs what it declares, with the handlers
 * that AWS would run and the limits that AWS has.
 */
package dev.lamella.local;
