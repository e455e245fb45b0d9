package dev.lamella.core.access;

import dev.lamella.core.NamePattern;
import dev.lamella.core.RepositoryName;
import java.util.List;

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

        @Override
        public List<NamePattern> pullable() {
          return List.of(NamePattern.ALL);
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

        @Override
        public List<NamePattern> pullable() {
          return List.of();
        }
      };

  boolean allow(Action action, RepositoryName repository);

  boolean allowOnStore(Action action);

  /**
   * Where {@link Action#PULL} is allowed: it is in each repository that one of these matches, and
   * in no other. They are few.
   */
  List<NamePattern> pullable();
}
