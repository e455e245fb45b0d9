package dev.lamella.host;

/**
 * A subcommand of {@code lamella} that another module brings. Implementations are found by {@link
 * java.util.ServiceLoader}, so they have a public no-argument constructor; picocli's annotations
 * name and describe them.
 */
public interface HostCommand {}
