using ImageBackend.Infrastructure.Imaging.Workers;
using ImageBackend.Web.Hosting;

if (ImagingWorker.IsAskedFor(args))
{
    await ImagingWorker.RunAsync(args);
    return 0;
}

return await ImageService.RunAsync(args);
