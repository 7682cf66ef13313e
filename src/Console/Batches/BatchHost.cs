using Microsoft.Extensions.DependencyInjection;

namespace ImageBackend.Cli.Batches;

/// <summary>What an engine works with in this process.</summary>
/// <param name="Scopes">Each image gets a scope of its own.</param>
internal sealed record BatchHost(IServiceScopeFactory Scopes, IBatchScreen Screen, Interrupts Interrupts, TimeProvider Time);
