/**
 * API Gateway on the loopback address: HTTP requests become proxy events of payload format 1.0, and
 * the functions' answers become HTTP answers, as the template's HTTP or REST API would do it.
 */
package dev.lamella.local.gateway;
