using ImageBackend.Application.Abstractions;
using ImageBackend.DyingService;
using ImageBackend.Infrastructure.Imaging.Workers;
using ImageBackend.Web.Hosting;
using ImageBackend.Web.Tests;
using Microsoft.Extensions.DependencyInjection;

// The service as it is, but: DEATH_FILE names a file that says at which call of a storage this process kills itself, and CLOCK_AHEAD
// is how many minutes its clock is ahead of the machine's.
PassingTime time = new();
time.Pass(TimeSpan.FromMinutes(int.Parse(Environment.GetEnvironmentVariable("CLOCK_AHEAD") ?? "0", System.Globalization.CultureInfo.InvariantCulture)));
Death death = new(Environment.GetEnvironmentVariable("DEATH_FILE") ?? throw new InvalidOperationException("DEATH_FILE is not set."));

return await ImageService.RunAsync(args, services => services
    .AddSingleton<TimeProvider>(time)
    .AddSingleton(new WorkerProgram("dotnet", [Path.Combine(AppContext.BaseDirectory, "ImageBackend.Web.dll")]))
    .Decorate<ImageStores>(stores => new ImageStores(new DyingStorage(stores.Incoming, death), new DyingStorage(stores.Active, death)))
    .Decorate<IImageMarks>(marks => new DyingMarks(marks, death)));
