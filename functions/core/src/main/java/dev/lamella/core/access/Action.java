package dev.lamella.core.access;

/** What a caller may be allowed: the first three on a repository, the last on the store. */
public enum Action {
  PULL("pull from"),
  PUSH("push to"),
  DELETE("delete from"),
  ADMINISTER("administer");

  private final String verb;

  Action(String verb) {
    this.verb = verb;
  }

  /** As it stands before what it is done to. */
  String verb() {
    return verb;
  }
}
