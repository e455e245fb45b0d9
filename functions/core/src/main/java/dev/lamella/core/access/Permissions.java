package dev.lamella.core.access;

import dev.lamella.core.RepositoryName;

/** What a caller may do. Asked often, also for each name of a list: it looks nothing up. */
public interface Permissions {
  /** Allows everything to whoever reaches the API, as long as callers have no identities. */
  Permissions ALL =
      new Permissions() {
        @Override
        public boolean allow(Action action, RepositoryName repository) {
          return true;
        }

        @Override
        public boolean allowOnStore(Action action) {
          return true;
        }
      };

  boolean allow(Action action, RepositoryName repository);

  boolean allowOnStore(Action action);
}
