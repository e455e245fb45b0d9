package dev.lamella.host.store;

/** A manifest on its way: its bytes, exactly, and the media type that goes with them. */
@SuppressWarnings("ArrayRecordComponent") // up to 4 MiB that nobody changes
public record ManifestBytes(String mediaType, byte[] bytes) {}
