using System.Diagnostics.Metrics;
using FluentValidation;
using ImageBackend.Application.Abstractions;
using ImageBackend.Application.Measuring;
using ImageBackend.Domain;
using ImageBackend.Infrastructure.Storage;
using MediatR;
using Microsoft.Extensions.DependencyInjection;

namespace ImageBackend.Cli.Batches;

/// <summary>Does one item of a batch after another, or many in parallel: whatever goes wrong with one is its result, unless it concerns all.</summary>
/// <param name="pauses">Before the second try, the third …; null: a minute in all.</param>
internal sealed class ItemWorker(Batch batch, BatchHost host, IReadOnlyList<TimeSpan>? pauses = null)
{
    private static readonly Counter<long> Items = Telemetry.Meter.CreateCounter<long>("images.batch.items", description: "Images that a batch is done with, by batch and outcome.");

    private readonly Patience _patience = new(pauses ?? BackOff.AMinute);

    /// <param name="goOn">Cancelled when nothing new may begin; running items continue, but no longer wait before another try.</param>
    /// <exception cref="OperationCanceledException">Nothing is waited for any more.</exception>
    /// <exception cref="SystemicFaultException">Something that every item needs does not work.</exception>
    public async Task<ItemResult> SettleAsync(string key, CancellationToken goOn)
    {
        long settledBefore = _patience.Settled;
        for (int tries = 1; ; tries++)
        {
            try
            {
                ItemResult result = await WorkOnAsync(key);
                _patience.Succeeded(result.Outcome);
                return Count(result);
            }
            catch (OperationCanceledException) when (host.Interrupts.Stop.IsCancellationRequested)
            {
                throw;
            }
            catch (Exception fault) when (batch.IsSystemic(fault))
            {
                if (_patience.AfterFault(fault, tries, settledBefore) is not { } pause)
                {
                    return Count(ItemResult.Failed(fault.Message));
                }

                if (!await WaitAsync(key, fault, pause, goOn))
                {
                    return Count(ItemResult.Failed(fault.Message) with { IsCutShort = true });
                }
            }
            catch (Exception failure) // one image must not stop a million
            {
                return Count(ItemResult.Failed(MessageOf(failure)));
            }
        }
    }

    private ItemResult Count(ItemResult result)
    {
        Items.Add(1, new("batch", batch.Name), new("outcome", result.Outcome.ToString().ToLowerInvariant()));
        return result;
    }

    /// <returns>Whether another try may begin.</returns>
    private async Task<bool> WaitAsync(string key, Exception fault, TimeSpan pause, CancellationToken goOn)
    {
        try
        {
            host.Screen.WriteError($"{key}: {fault.Message} Next try in {pause.TotalSeconds:0} s.");
            await Task.Delay(pause, host.Time, goOn);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private async Task<ItemResult> WorkOnAsync(string key)
    {
        if (!ImageKey.TryParse(key, out ImageKey? image))
        {
            return ItemResult.Failed(ImageKey.NotAKey(key));
        }

        await using AsyncServiceScope scope = host.Scopes.CreateAsyncScope();
        return await batch.Work.WorkAsync(scope.ServiceProvider.GetRequiredService<IMediator>(), image, host.Interrupts.Stop);
    }

    // Expected failures explain themselves; for all others, their type is worth knowing too.
    private static string MessageOf(Exception failure) => failure switch
    {
        ValidationException invalid => string.Join(' ', invalid.Errors.Select(error => error.ErrorMessage)),
        InvalidImageException or ImageNotFoundException or OriginalUnavailableException or StorageException => failure.Message,
        _ => $"{failure.GetType().Name}: {failure.Message.ReplaceLineEndings(" ")}",
    };
}
