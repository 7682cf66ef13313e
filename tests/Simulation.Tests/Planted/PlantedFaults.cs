using ImageBackend.Application.Abstractions;
using ImageBackend.Application.Images.Delete;
using ImageBackend.Application.Images.Modern;
using ImageBackend.Simulation.Tests.Processes;
using MediatR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace ImageBackend.Simulation.Tests.Planted;

/// <summary>The product with one fault each, planted from outside.</summary>
internal static class PlantedFaults
{
    public static IReadOnlyDictionary<string, Func<Product>> All { get; } = new Dictionary<string, Func<Product>>
    {
        ["a publish copies the original first"] = () => new Product(process => WithActive(process, new OriginalFirst(Product.StoresOf(process).Active, process.World.Ledger.Set))),
        ["a source is deleted before its copy is verified"] = () => new Product(process => WithActive(process, new DeletedUnverified(Product.StoresOf(process).Active))),
        ["a reconciler publishes what nobody published"] = () => new Product(
            Product.StoresOf, services => services.Replace(ServiceDescriptor.Transient<IRequestHandler<ReconcileIncoming, Reconciled>, PublishesEverything>())),
        ["a delete forgets incoming"] = () => new Product(
            Product.StoresOf, services => services.Replace(ServiceDescriptor.Transient<IRequestHandler<DeleteImages, DeletedImages>, ForgetsIncoming>())),
    };

    private static ImageStores WithActive(SimulatedProcess process, IImageStorage active) => new(Product.StoresOf(process).Incoming, active);
}
