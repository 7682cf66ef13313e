using ImageBackend.Application.Abstractions;
using ImageBackend.Infrastructure.Imaging.Admission;

namespace ImageBackend.Infrastructure.Imaging.Engine;

/// <summary>Where jobs are done: in worker processes, or in this one.</summary>
internal interface IJobRunner
{
    /// <summary>How many workers run; those that are being replaced don't count.</summary>
    int Workers { get; }

    /// <param name="admit">
    /// Called before the file is parsed, and for a decode again, based on its header, before any pixel is decoded.
    /// </param>
    /// <exception cref="InvalidImageException">The picture is broken, or exceeds a limit.</exception>
    /// <exception cref="StorageException">The temp folder is full or broken.</exception>
    /// <exception cref="BusyException">No worker became free in time.</exception>
    Task<JobAnswer> RunAsync(Job job, Admit admit, CancellationToken cancellationToken);
}

/// <summary>
/// Does jobs in this process, for tests and measurements. Nothing limits their time, and a crash of a decoder ends the process.
/// </summary>
/// <param name="conversion">Null: nothing is converted.</param>
internal sealed class InProcessRunner(IImagingEngine engine, Conversion? conversion = null) : IJobRunner
{
    private readonly Jobs _jobs = new(engine, conversion ?? Conversion.None);

    public int Workers => 1;

    public Task<JobAnswer> RunAsync(Job job, Admit admit, CancellationToken cancellationToken) =>
        Task.Run(() => _jobs.RunAsync(job, admit, cancellationToken), cancellationToken);
}
