#pragma once
#include <map>
#include <memory>

#include "manyworlds/backend/cuda/algorithms.cuh"
#include "manyworlds/backend/cuda/context.cuh"
#include "manyworlds/backend/cuda/devices.cuh"
#include "manyworlds/backend/cuda/stream.cuh"

namespace manyworlds::backend {

/// One CUDA device with one stream; the same functors as on Serial. One thread at a time, and one batch: programs point
/// to the memory that a second one's sorts would replace. Every call names itself, what it is for, the device and the
/// error when it fails (DeviceError); NoDevice where there is none.
class Cuda {
 public:
  static constexpr const char* name = "cuda";
  enum class Isolation : std::uint8_t { primary_context, own_context };

  explicit Cuda(int device = 0, Isolation isolation = Isolation::primary_context)
      : device_(cuda::describe_device(device)) {
    if (isolation == Isolation::own_context) context_ = std::make_unique<cuda::Context>(device);
    activate();
    stream_ = std::make_unique<cuda::Stream>(device);
    sums_ = Buffer<Cuda, std::uint32_t>(*this, cuda::scan_chunks);
  }
  Cuda(const Cuda&) = delete;
  Cuda& operator=(const Cuda&) = delete;

  const DeviceInfo& device() const { return device_; }

  void* allocate(std::size_t bytes) {
    activate();
    void* memory = nullptr;
    cuda::check(cudaMalloc(&memory, bytes), "cudaMalloc of " + std::to_string(bytes) + " bytes", device_.index);
    return memory;
  }
  void release(void* memory) noexcept {
    try {
      activate();
      stream_->wait("the last step");
    } catch (const std::exception&) {
      // The memory goes with the device's context.
    }
    cudaFree(memory);
  }
  void upload(void* to, const void* from, std::size_t bytes) {
    copy(to, from, bytes, cudaMemcpyHostToDevice, "upload");
  }
  void download(void* to, const void* from, std::size_t bytes) {
    copy(to, from, bytes, cudaMemcpyDeviceToHost, "download");
  }
  void clear(void* memory, std::size_t bytes) {
    activate();
    cuda::check(cudaMemsetAsync(memory, 0, bytes, stream_->get()), "clear", device_.index);
  }

  template <class F>
  void for_each(const char* what, Length length, const F& f) {
    if (length.most() == 0) return;
    const Timed timed(*this, what);
    cuda::run_functor<F><<<blocks(length.most()), cuda::block_size, 0, stream_->get()>>>(f, length);
    launched(what);
  }
  template <class Stage>
  void mark(const char* what, Length length, const Stage& stage, std::uint32_t* bits, std::uint32_t* counts) {
    if (length.most() == 0) return;
    const Timed timed(*this, what);
    cuda::mark_kept<Stage><<<blocks(length.most()), cuda::block_size, 0, stream_->get()>>>(stage, length, bits, counts);
    launched(what);
  }
  void exclusive_scan(const char* what, Length length, std::uint32_t* numbers) {
    const Timed timed(*this, "scans");
    cuda::exclusive_scan(stream_->get(), length, numbers, sums_.data());
    launched(what);
  }
  void sort_indices(const char* what, std::uint32_t n, const std::uint32_t* keys, std::uint32_t* sorted,
                    std::uint32_t* order, int bits) {
    if (n == 0) return;
    const Timed timed(*this, what);
    cuda::sort_pairs(stream_->get(), scratch_.data(), scratch_.size(), n, keys, sorted, numbers_.data(), order, bits,
                     "sort '" + std::string(what) + "'", device_.index);
  }
  void reserve(std::size_t keys) {
    if (keys <= numbers_.size()) return;
    scratch_ = Buffer<Cuda, unsigned char>(*this, cuda::sort_bytes(std::uint32_t(keys)));
    Buffer<Cuda, std::uint32_t> numbers(*this, keys);
    for_each("numbers", std::uint32_t(keys), cuda::Number{numbers.data()});
    numbers_ = std::move(numbers);
  }

  /// A step that is the same each time: launched, then recorded, then launched as one graph.
  using Program = cuda::Graph;
  template <class Step>
  void run(Program& program, const char* what, const Step& step) {
    activate();
    if (stopwatch_ || !program.wanted_again()) return step();
    if (program.empty()) program.record(*stream_, device_.index, what, step);
    program.launch(*stream_, device_.index, what);
  }

  /// From now on every launch is waited for and timed, and nothing is recorded: for profiles.
  void profile() {
    activate();
    stopwatch_ = std::make_unique<cuda::Stopwatch>(device_.index);
  }
  /// Milliseconds by what was launched, of all launches since the last call.
  std::map<std::string, double> profiled() { return std::exchange(milliseconds_, {}); }

 private:
  /// A launch, timed when profiling.
  class Timed {
   public:
    Timed(Cuda& backend, const char* what) : backend_(backend), what_(what) {
      backend.activate();
      if (backend.stopwatch_) backend.stopwatch_->start(*backend.stream_);
    }
    ~Timed() noexcept(false) {
      if (backend_.stopwatch_ && std::uncaught_exceptions() == 0)
        backend_.milliseconds_[what_] += backend_.stopwatch_->milliseconds(*backend_.stream_);
    }
    Timed(const Timed&) = delete;
    Timed& operator=(const Timed&) = delete;

   private:
    Cuda& backend_;
    const char* what_;
  };

  void activate() const {
    if (context_)
      context_->activate();
    else
      cuda::check(cudaSetDevice(device_.index), "cudaSetDevice", device_.index);
  }
  void launched(const char* what) const {
    cuda::check(cudaGetLastError(), std::string("launch '") + what + "'", device_.index);
  }
  /// Enough to fill the device; the rest is the loop in the kernel.
  unsigned blocks(std::uint32_t n) const {
    const unsigned all = unsigned((std::uint64_t(n) + cuda::block_size - 1) / cuda::block_size);
    return std::min(all, unsigned(32 * device_.multiprocessors));
  }
  void copy(void* to, const void* from, std::size_t bytes, cudaMemcpyKind kind, const char* what) {
    activate();
    cuda::check(cudaMemcpyAsync(to, from, bytes, kind, stream_->get()), what, device_.index);
    stream_->wait(what);
  }

  DeviceInfo device_;
  std::unique_ptr<cuda::Context> context_;
  std::unique_ptr<cuda::Stream> stream_;
  std::unique_ptr<cuda::Stopwatch> stopwatch_;
  std::map<std::string, double> milliseconds_;
  Buffer<Cuda, std::uint32_t> sums_, numbers_;
  Buffer<Cuda, unsigned char> scratch_;
};

}  // namespace manyworlds::backend
