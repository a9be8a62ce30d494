#pragma once
#include <utility>

#include "manyworlds/backend/cuda/error.cuh"

namespace manyworlds::backend::cuda {

/// Owner of a stream that does not wait for the default one.
class Stream {
 public:
  explicit Stream(int device) : device_(device) {
    check(cudaStreamCreateWithFlags(&stream_, cudaStreamNonBlocking), "cudaStreamCreate", device);
  }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  ~Stream() { cudaStreamDestroy(stream_); }

  cudaStream_t get() const { return stream_; }
  /// Errors of kernels show here.
  void wait(const std::string& what) const { check(cudaStreamSynchronize(stream_), "wait for " + what, device_); }

 private:
  int device_;
  cudaStream_t stream_ = nullptr;
};

/// Owner of two events: how long the device worked on what was launched in between.
class Stopwatch {
 public:
  explicit Stopwatch(int device) : device_(device) {
    for (cudaEvent_t& event : events_) check(cudaEventCreate(&event), "cudaEventCreate", device);
  }
  Stopwatch(const Stopwatch&) = delete;
  Stopwatch& operator=(const Stopwatch&) = delete;
  ~Stopwatch() {
    for (cudaEvent_t event : events_) cudaEventDestroy(event);
  }

  void start(const Stream& stream) { check(cudaEventRecord(events_[0], stream.get()), "cudaEventRecord", device_); }
  /// Waits.
  double milliseconds(const Stream& stream) {
    float ms = 0;
    check(cudaEventRecord(events_[1], stream.get()), "cudaEventRecord", device_);
    check(cudaEventSynchronize(events_[1]), "cudaEventSynchronize", device_);
    check(cudaEventElapsedTime(&ms, events_[0], events_[1]), "cudaEventElapsedTime", device_);
    return ms;
  }

 private:
  int device_;
  cudaEvent_t events_[2] = {};
};

/// Owner of a graph that can be launched again and again; empty at first.
class Graph {
 public:
  Graph() = default;
  Graph(Graph&& other) noexcept
      : executable_(std::exchange(other.executable_, nullptr)), wanted_(std::exchange(other.wanted_, false)) {}
  Graph& operator=(Graph&& other) noexcept {
    std::swap(executable_, other.executable_);
    std::swap(wanted_, other.wanted_);
    return *this;
  }
  ~Graph() { reset(); }

  bool empty() const { return !executable_; }
  /// Is the step asked for again since it last changed? To record it costs more than to launch it once.
  bool wanted_again() { return std::exchange(wanted_, true); }
  void reset() {
    if (executable_) cudaGraphExecDestroy(std::exchange(executable_, nullptr));
    wanted_ = false;
  }
  /// Records what step() launches on the stream, instead of running it. The step must neither allocate nor wait.
  template <class Step>
  void record(const Stream& stream, int device, const std::string& what, const Step& step) {
    if (executable_) cudaGraphExecDestroy(std::exchange(executable_, nullptr));
    check(cudaStreamBeginCapture(stream.get(), cudaStreamCaptureModeThreadLocal), "record '" + what + "'", device);
    cudaGraph_t graph = nullptr;
    try {
      step();
    } catch (...) {
      cudaStreamEndCapture(stream.get(), &graph);
      if (graph) cudaGraphDestroy(graph);
      cudaGetLastError();
      throw;
    }
    check(cudaStreamEndCapture(stream.get(), &graph), "end of recording '" + what + "'", device);
    const cudaError_t made = cudaGraphInstantiate(&executable_, graph, 0);
    if (made != cudaSuccess) executable_ = nullptr;
    cudaGraphDestroy(graph);
    check(made, "cudaGraphInstantiate '" + what + "'", device);
  }
  void launch(const Stream& stream, int device, const std::string& what) const {
    check(cudaGraphLaunch(executable_, stream.get()), "launch of graph '" + what + "'", device);
  }

 private:
  cudaGraphExec_t executable_ = nullptr;
  bool wanted_ = false;
};

}  // namespace manyworlds::backend::cuda
