using System.Diagnostics;
using System.Diagnostics.Metrics;
using ImageBackend.Application.Measuring;
using ImageBackend.Domain;
using ImageBackend.Infrastructure.Composition;

namespace ImageBackend.Web.Metrics;

/// <summary>The metrics of c2c_images about requests and its process, by its names and labels: dashboards that read them go on working.</summary>
internal static class PredecessorMetrics
{
    private static readonly Histogram<double> Requests = Predecessor.Meter.CreateHistogram("http_requests_time", null, "Duration of HTTP requests", advice: Predecessor.Seconds);

    private static readonly Counter<long> Errors = Counter("error_counter", "Errors counter");

    private static readonly Counter<long> UploadedImages = Counter("uploaded_images", "Counter of images uploaded to the incoming bucket");

    private static readonly Counter<long> PublishedImages = Counter("published_images", "Counter of images published to the active bucket");

    private static readonly Counter<long> DeletedImages = Counter("deleted_images", "Counter of images deleted from the active bucket");

    private static readonly Counter<long> RotatedImages = Counter("rotated_images", "Counter of images rotated in the active bucket");

    /// <summary>Shows from the start what has no label, as zero, and what it tells of its process.</summary>
    /// <param name="environment">As in <c>production</c>.</param>
    /// <returns>To be disposed with the service.</returns>
    public static IDisposable Begin(string version, string environment)
    {
        foreach (Counter<long> counter in new[] { Errors, DeletedImages, RotatedImages })
        {
            counter.Add(0, Predecessor.Service);
        }

        PredecessorThumbnails.Begin();
        Meter meter = new(Predecessor.Name);
        meter.CreateObservableGauge("service_info", () => new Measurement<int>(1, new("version", version), new("env", environment), Predecessor.Service), description: "Service info");
        Observe("process_cpu_user_seconds_total", () => Environment.CpuUsage.UserTime.TotalSeconds, "Total user CPU time spent in seconds.");
        Observe("process_cpu_system_seconds_total", () => Environment.CpuUsage.PrivilegedTime.TotalSeconds, "Total system CPU time spent in seconds.");
        Observe("process_cpu_seconds_total", () => Environment.CpuUsage.TotalTime.TotalSeconds, "Total user and system CPU time spent in seconds.");
        double startedAt = new DateTimeOffset(Process.GetCurrentProcess().StartTime).ToUnixTimeMilliseconds() / 1000.0;
        Look("process_start_time_seconds", () => startedAt, "Start time of the process since unix epoch in seconds.");
        Look("process_resident_memory_bytes", () => Environment.WorkingSet, "Resident memory size in bytes.");
        Look("process_open_fds", () => Directory.Exists("/proc/self/fd") ? Directory.EnumerateFileSystemEntries("/proc/self/fd").Count() : 0, "Number of open file descriptors.");
        return meter;

        void Observe(string name, Func<double> look, string description) =>
            meter.CreateObservableCounter(name, () => new Measurement<double>(look(), Predecessor.Service), description: description);

        void Look(string name, Func<double> look, string description) =>
            meter.CreateObservableGauge(name, () => new Measurement<double>(look(), Predecessor.Service), description: description);
    }

    /// <summary>Measures a request from its head to the end of its answer.</summary>
    public static async Task MeasureAsync(HttpContext context, RequestDelegate next)
    {
        long began = Stopwatch.GetTimestamp();
        await next(context);
        int status = context.Response.StatusCode;
        Requests.Record(Stopwatch.GetElapsedTime(began).TotalSeconds, new("method", MethodOf(context)), new("code", status), new("endpoint", EndpointOf(context)), Predecessor.Service);
        if (status is >= 400 and not StatusCodes.Status405MethodNotAllowed)
        {
            Errors.Add(1, Predecessor.Service);
        }
    }

    public static void Uploaded(ImageFormat format) => UploadedImages.Add(1, new("format", format.ToString()), Predecessor.Service);

    public static void Published() => PublishedImages.Add(1, Predecessor.Service);

    public static void Deleted() => DeletedImages.Add(1, Predecessor.Service);

    public static void Rotated() => RotatedImages.Add(1, Predecessor.Service);

    private static Counter<long> Counter(string name, string description) => Predecessor.Meter.CreateCounter<long>(name, null, description);

    // A client may send any word; each would be a series.
    private static string MethodOf(HttpContext context) => context.Request.Method is "GET" or "HEAD" or "POST" or "PUT" or "DELETE" or "PATCH" or "OPTIONS" ? context.Request.Method : "OTHER";

    private static string EndpointOf(HttpContext context)
    {
        string prefix = context.RequestServices.GetRequiredService<ServiceSettings>().RoutePrefix;
        string path = context.Request.Path.Value ?? "";
        string first = path.StartsWith(prefix + '/', StringComparison.Ordinal) ? path[(prefix.Length + 1)..].Split('/')[0] : "";
        return first is "ping" or "upload" or "publish" or "delete" or "rotate" or "recrop" or "active" or "health" or "files" or "capabilities" or "studio" or "images" or "incoming" or "figures" or "batches" ? first : "notfound";
    }
}
