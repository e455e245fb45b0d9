/** Names, manifests and digests of images, wherever they come from. Uses outcome. */
package dev.lamella.host.image;
