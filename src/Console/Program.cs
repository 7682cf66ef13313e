using ImageBackend.Cli;
using ImageBackend.Infrastructure.Imaging.Workers;

if (ImagingWorker.IsAskedFor(args))
{
    await ImagingWorker.RunAsync(args);
    return 0;
}

return await ImagesCommand.RunAsync(args);
