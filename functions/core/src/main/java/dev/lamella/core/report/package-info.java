/** What verification jobs are asked for, what they have in work, and what they report. */
package dev.lamella.core.report;
