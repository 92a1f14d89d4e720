// SPDX-License-Identifier: Apache-2.0
#include "morgana/tensor.hpp"

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/detail/CUDAHooksInterface.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>
#include <dlfcn.h>

#include "morgana/error.hpp"
#include "morgana/random.hpp"

namespace morgana {
namespace {

constexpr std::pair<DataType, at::ScalarType> kTypes[]{{DataType::kBool, at::kBool}, {DataType::kU8, at::kByte},
                                                       {DataType::kI8, at::kChar},   {DataType::kI16, at::kShort},
                                                       {DataType::kI32, at::kInt},   {DataType::kI64, at::kLong},
                                                       {DataType::kF16, at::kHalf},  {DataType::kBF16, at::kBFloat16},
                                                       {DataType::kF32, at::kFloat}, {DataType::kF64, at::kDouble}};

std::string open_cuda() {
  if (::dlopen("libtorch_cuda.so", RTLD_NOW | RTLD_GLOBAL) == nullptr) {
    const char* cause = ::dlerror();
    return fmt::format(
        "libtorch_cuda cannot be opened: {}; on a machine with an NVIDIA GPU run scripts/setup again, else use "
        "\"device\": \"cpu\"",
        cause == nullptr ? "unknown cause" : cause);
  }
  try {
    if (!at::hasCUDA() || at::detail::getCUDAHooks().deviceCount() == 0)
      return "LibTorch sees no NVIDIA GPU or driver; use \"device\": \"cpu\"";
  } catch (const std::exception& exception) {
    return fmt::format("CUDA does not start: {}", exception.what());
  }
  return "";
}

}  // namespace

at::Tensor to_tensor(const Array& array) {
  for (const auto& [mine, theirs] : kTypes)
    if (mine == array.type())
      return at::from_blob(
          const_cast<void*>(array.data()), array.shape(), [owner = array.owner()](void*) {}, at::TensorOptions(theirs));
  throw Error("no tensor of element type {}", name_of(array.type()));
}

Array to_array(const at::Tensor& tensor) {
  auto owner = std::make_shared<at::Tensor>(tensor.detach().to(at::kCPU).contiguous());
  for (const auto& [mine, theirs] : kTypes)
    if (theirs == owner->scalar_type()) {
      const void* data = owner->const_data_ptr();
      return Array(mine, owner->sizes().vec(), data, owner);
    }
  throw Error("no array of element type {}", at::toString(tensor.scalar_type()));
}

const std::string& cuda_fault() {
  static const std::string fault = open_cuda();
  return fault;
}

at::Device torch_device(const Context& context) {
  const auto device = context.device();
  if (device.kind == Device::Kind::kCpu) return at::Device(at::kCPU);
  if (!cuda_fault().empty()) throw Error("no GPU: {}", cuda_fault());
  return at::Device(at::kCUDA, static_cast<c10::DeviceIndex>(device.index));
}

at::Tensor image_batch(const Images& images, std::span<const std::size_t> rows, at::Device device) {
  const auto shape = images.shape();
  auto batch =
      at::empty({static_cast<std::int64_t>(rows.size()), shape.channels, shape.height, shape.width}, at::kFloat);
  images.batch(rows, {batch.mutable_data_ptr<float>(), static_cast<std::size_t>(batch.numel())});
  return batch.to(device);
}

at::Tensor normal_noise(std::uint64_t seed, std::span<const std::uint64_t> samples, std::uint32_t step,
                        at::IntArrayRef shape, at::Device device) {
  std::vector<std::int64_t> sizes{static_cast<std::int64_t>(samples.size())};
  sizes.insert(sizes.end(), shape.begin(), shape.end());
  auto noise = at::empty(sizes, at::kFloat);
  const std::size_t each = samples.empty() ? 0 : static_cast<std::size_t>(noise.numel()) / samples.size();
  for (std::size_t i = 0; i < samples.size(); ++i)
    Random(seed, samples[i], step).fill_normal({noise.mutable_data_ptr<float>() + i * each, each});
  return noise.to(device);
}

ThreadScope::ThreadScope(int threads) : before_(at::get_num_threads()) {
  at::set_num_threads(threads);
  at::globalContext().setDeterministicAlgorithms(true, true);
}
ThreadScope::~ThreadScope() { at::set_num_threads(before_); }

}  // namespace morgana
