package dev.lamella.host.transfer;

import dev.lamella.core.Slicing;
import dev.lamella.core.api.UploadProgress;
import dev.lamella.host.store.StoreClient;
import java.util.function.LongConsumer;

/**
 * Parts of one upload: where they come from, and where they go.
 *
 * @param name of what is sent, for messages
 * @param begun what the store said of the upload
 * @param slicing by which it is sent
 * @param moved told of bytes sent; negative where they have to be sent again
 */
record UploadParts(
    StoreClient store,
    Object name,
    BlobSource source,
    UploadProgress begun,
    Slicing slicing,
    LongConsumer moved) {}
