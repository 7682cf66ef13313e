using System.Diagnostics;
using System.Globalization;
using ImageBackend.Application.Abstractions;
using ImageBackend.Benchmarks;
using ImageBackend.Domain;
using ImageBackend.Infrastructure.Imaging;
using ImageBackend.Infrastructure.Imaging.Engine;

if (TestPictures.Run(args))
{
    return 0;
}

// engine FILE OUTPUT_FOLDER COUNT: makes the default thumbnails of a picture COUNT times in this warm process, as a worker does,
// and prints CPU seconds and wall seconds of one, and the peak of resident memory in MB. IMAGING_ENGINE chooses the engine, as in the service.
// engine modern FOLDER: compares WebP and AVIF with JPEG, by the thumbnails of the folder's JPEGs.
if (args is ["modern", { } photos])
{
    ModernQuality.Run(photos);
    return 0;
}

if (args is not [{ } file, { } folder, { } countText] || !ImageFormat.TryFromExtension(Path.GetExtension(file).TrimStart('.'), out ImageFormat? format))
{
    Console.Error.WriteLine("usage: engine FILE OUTPUT_FOLDER COUNT; FILE ends in .jpg, .png, .gif or .svg");
    Console.Error.WriteLine(TestPictures.Usage);
    return 2;
}

Jobs jobs = new(KnownEngines.Of(Environment.GetEnvironmentVariable("IMAGING_ENGINE") ?? KnownEngines.All[0].Name), Conversion.None);
int count = int.Parse(countText, CultureInfo.InvariantCulture);
int warmUp = Math.Min(10, count); // until the code is compiled and its tiers have settled
ThumbnailTarget[] targets =
    [.. ThumbnailSet.Default.Specs.Select(spec => new ThumbnailTarget(spec, format.ThumbnailFormat, Path.Combine(folder, $"{spec.Suffix}.{format.ThumbnailFormat}")))];
for (int i = 0; i < warmUp; i++)
{
    await RunAsync();
}

using Process self = Process.GetCurrentProcess();
TimeSpan before = self.TotalProcessorTime;
Stopwatch wall = Stopwatch.StartNew();
for (int i = 0; i < count; i++)
{
    await RunAsync();
}

self.Refresh();
double cpu = (self.TotalProcessorTime - before).TotalSeconds / count;
string peak = File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
long megabytes = long.Parse(peak.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{cpu:F4} {wall.Elapsed.TotalSeconds / count:F4} {megabytes}"));
return 0;

// The header once more, as an upload reads it first.
async Task RunAsync()
{
    await jobs.RunAsync(new HeaderJob(file, format), _ => Task.CompletedTask, CancellationToken.None);
    await jobs.RunAsync(new ThumbnailsJob(file, format, null, targets), _ => Task.CompletedTask, CancellationToken.None);
}
