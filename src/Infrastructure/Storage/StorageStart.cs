using ImageBackend.Application.Abstractions;
using ImageBackend.Infrastructure.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ImageBackend.Infrastructure.Storage;

/// <summary>Checks both storages before anything can be removed from either.</summary>
public sealed class StorageStart : IHostedService
{
    private readonly IStoragePlace _active;
    private readonly IImageStorage _incoming;
    private readonly string _kind;
    private readonly IReadOnlyList<Func<string?>> _shortcomings;
    private readonly ILogger<StorageStart> _logger;

    /// <param name="kind">How their variables end: <c>FOLDER</c> or <c>BUCKET</c>.</param>
    /// <param name="shortcomings">Each returns what a storage can't do, or null.</param>
    internal StorageStart(
        IStoragePlace active, IImageStorage incoming, string kind, IReadOnlyList<Func<string?>> shortcomings, ILogger<StorageStart> logger) =>
        (_active, _incoming, _kind, _shortcomings, _logger) = (active, incoming, kind, shortcomings, logger);

    /// <exception cref="SettingsException">Both are the same place.</exception>
    /// <exception cref="StorageException">It can't be determined now.</exception>
    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        if (await _active.IsSamePlaceAsync(_incoming, cancellationToken))
        {
            throw new SettingsException([
                $"ACTIVE_{_kind}: is the same place as INCOMING_{_kind} under another name: what is put into one is seen in the other, and whatever is published would be lost; give each a {_kind.ToLowerInvariant()} of its own"]);
        }

        foreach (string shortcoming in _shortcomings.Select(tell => tell()).OfType<string>())
        {
            _logger.LogWarning("{Shortcoming}", shortcoming);
        }
    }

    /// <summary>
    /// Like <see cref="CheckAsync"/>, but a storage that does not work yet does not prevent a start, since each publish checks again.
    /// </summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            await CheckAsync(cancellationToken);
        }
        catch (StorageException fault)
        {
            _logger.LogWarning("Can't check now whether incoming and active are two places: {Fault}", fault.Message);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
