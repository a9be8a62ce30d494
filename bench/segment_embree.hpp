#pragma once
#include <embree3/rtcore.h>

#include <array>
#include <vector>

#include "manyworlds/bvh/segment.hpp"

/// Embree 3 as a peer: a scene built for quality, as our trees are, and its forms of the any-hit query.
namespace manyworlds::segment_embree {

class Embree {
 public:
  Embree(const std::vector<BvhTriangle>& triangles, bool robust)
      : device_(rtcNewDevice(nullptr)), scene_(rtcNewScene(device_)) {
    rtcSetSceneBuildQuality(scene_, RTC_BUILD_QUALITY_HIGH);
    if (robust) rtcSetSceneFlags(scene_, RTC_SCENE_FLAG_ROBUST);
    const RTCGeometry geometry = rtcNewGeometry(device_, RTC_GEOMETRY_TYPE_TRIANGLE);
    auto* vertex = static_cast<float*>(
        rtcSetNewGeometryBuffer(geometry, RTC_BUFFER_TYPE_VERTEX, 0, RTC_FORMAT_FLOAT3, 12, 3 * triangles.size()));
    auto* index = static_cast<unsigned*>(
        rtcSetNewGeometryBuffer(geometry, RTC_BUFFER_TYPE_INDEX, 0, RTC_FORMAT_UINT3, 12, triangles.size()));
    for (const BvhTriangle& t : triangles)
      for (Vec3d p : {t.a, t.b, t.c})
        for (int i = 0; i < 3; ++i) *vertex++ = float(p[i]);
    for (unsigned i = 0; i < 3 * triangles.size(); ++i) index[i] = i;
    rtcCommitGeometry(geometry);
    rtcAttachGeometry(scene_, geometry);
    rtcReleaseGeometry(geometry);
    rtcCommitScene(scene_);
  }
  ~Embree() {
    rtcReleaseScene(scene_);
    rtcReleaseDevice(device_);
  }
  Embree(const Embree&) = delete;
  Embree& operator=(const Embree&) = delete;

  static RTCIntersectContext context(bool coherent) {
    RTCIntersectContext c;
    rtcInitIntersectContext(&c);
    c.flags = coherent ? RTC_INTERSECT_CONTEXT_FLAG_COHERENT : RTC_INTERSECT_CONTEXT_FLAG_INCOHERENT;
    return c;
  }
  /// The segment from a to b, `inset` metres shorter at either end: Embree skips no faces.
  static RTCRay ray(Vec3d a, Vec3d b, double inset) {
    const Vec3f o = a.as<float>(), d = (b - a).as<float>();
    const float t = inset > 0 ? float(inset / norm(b - a)) : 0;
    return {o.x, o.y, o.z, t, d.x, d.y, d.z, 0, 1 - t, ~0u, 0, 0};
  }
  /// Puts a ray into a lane of an RTCRay8 or RTCRay16.
  template <class Rays>
  static void put(const RTCRay& r, std::size_t lane, Rays& rays) {
    rays.org_x[lane] = r.org_x, rays.org_y[lane] = r.org_y, rays.org_z[lane] = r.org_z;
    rays.dir_x[lane] = r.dir_x, rays.dir_y[lane] = r.dir_y, rays.dir_z[lane] = r.dir_z;
    rays.tnear[lane] = r.tnear, rays.tfar[lane] = r.tfar, rays.time[lane] = 0;
    rays.mask[lane] = ~0u, rays.id[lane] = 0, rays.flags[lane] = 0;
  }

  /// Blocked rays have tfar < 0 afterwards.
  void occluded(RTCIntersectContext& c, RTCRay& ray) const { rtcOccluded1(scene_, &c, &ray); }
  void occluded(RTCIntersectContext& c, const int* valid, RTCRay8& rays) const {
    rtcOccluded8(valid, scene_, &c, &rays);
  }
  void occluded(RTCIntersectContext& c, const int* valid, RTCRay16& rays) const {
    rtcOccluded16(valid, scene_, &c, &rays);
  }
  void occluded(RTCIntersectContext& c, RTCRay* rays, unsigned count) const {
    rtcOccluded1M(scene_, &c, rays, count, sizeof(RTCRay));
  }

 private:
  RTCDevice device_;
  RTCScene scene_;
};

}  // namespace manyworlds::segment_embree
