using ImageBackend.Infrastructure.Imaging.Workers;

// As the programs do when they are their own worker: see WorkerProgram.
await ImagingWorker.RunAsync(args);
