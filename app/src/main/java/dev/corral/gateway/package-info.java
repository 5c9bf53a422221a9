/// The data plane: one exchange from socket to socket.
@NullMarked
package dev.corral.gateway;

import org.jspecify.annotations.NullMarked;
