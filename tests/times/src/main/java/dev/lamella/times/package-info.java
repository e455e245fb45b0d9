@NullMarked
package dev.lamella.times;

import org.jspecify.annotations.NullMarked;
