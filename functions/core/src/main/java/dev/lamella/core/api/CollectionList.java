package dev.lamella.core.api;

import java.util.List;

/** The last collections, the newest first. */
public record CollectionList(List<CollectionRun> collections) {
  public CollectionList {
    collections = List.copyOf(collections);
  }
}
