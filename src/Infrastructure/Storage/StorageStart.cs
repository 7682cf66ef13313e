using ImageBackend.Application.Abstractions;
using ImageBackend.Infrastructure.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ImageBackend.Infrastructure.Storage;

/// <summary>Looks at both storages before anything can be removed from one.</summary>
public sealed class StorageStart : IHostedService
{
    private readonly IStoragePlace _active;
    private readonly IImageStorage _incoming;
    private readonly string _kind;
    private readonly IReadOnlyList<Func<string?>> _shortcomings;
    private readonly ILogger<StorageStart> _logger;

    /// <param name="kind">What their variables end with: <c>FOLDER</c> or <c>BUCKET</c>.</param>
    /// <param name="shortcomings">Each tells what one of them can't do, or null.</param>
    internal StorageStart(
        IStoragePlace active, IImageStorage incoming, string kind, IReadOnlyList<Func<string?>> shortcomings, ILogger<StorageStart> logger) =>
        (_active, _incoming, _kind, _shortcomings, _logger) = (active, incoming, kind, shortcomings, logger);

    /// <exception cref="SettingsException">Both are one place.</exception>
    /// <exception cref="StorageException">It can't be told now.</exception>
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

    /// <summary>As <see cref="CheckAsync"/>; a storage that does not work yet keeps no service from starting, since each publish looks again.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            await CheckAsync(cancellationToken);
        }
        catch (StorageException fault)
        {
            _logger.LogWarning("Whether incoming and active are two places can't be told now: {Fault}", fault.Message);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
