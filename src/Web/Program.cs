using ImageBackend.Infrastructure.Imaging.Workers;
using ImageBackend.Web.Health;
using ImageBackend.Web.Hosting;

if (ImagingWorker.IsAskedFor(args))
{
    await ImagingWorker.RunAsync(args);
    return 0;
}

if (HealthProbe.IsAskedFor(args))
{
    return await HealthProbe.RunAsync();
}

return await ImageService.RunAsync(args);
