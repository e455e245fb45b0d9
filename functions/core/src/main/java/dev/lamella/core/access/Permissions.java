package dev.lamella.core.access;

import dev.lamella.core.RepositoryName;

/** What a caller may do. Asked often, also for each name of a list: it looks nothing up. */
public interface Permissions {
  /** Allows everything: where the store does not ask who calls. */
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

  Permissions NONE =
      new Permissions() {
        @Override
        public boolean allow(Action action, RepositoryName repository) {
          return false;
        }

        @Override
        public boolean allowOnStore(Action action) {
          return false;
        }
      };

  boolean allow(Action action, RepositoryName repository);

  boolean allowOnStore(Action action);
}
