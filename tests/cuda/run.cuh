#pragma once

/// The launch that these compile-only tests need: every functor that a host test may call also runs on a device.
template <class Functor>
__global__ void run(Functor functor, int count) {
  const int index = int(blockIdx.x * blockDim.x + threadIdx.x);
  if (index < count) functor(index);
}
