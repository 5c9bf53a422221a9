/// The client for destinations that *data* chooses: a registry in a model's name, a redirect, a
/// token's realm. Only hosts on a list are asked, only public addresses are connected to, and the
/// address that was checked is the one that is connected to. Blocking, for virtual threads: whoever
/// waits here is ended by an interrupt, or by closing what it reads.
@NullMarked
package dev.corral.outbound;

import org.jspecify.annotations.NullMarked;
